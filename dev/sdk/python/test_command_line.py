"""The command line against a running server: what people and programs are shown, whom it trusts, and what the README
promises of it.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import trustme

from receivers import eventually
from server import LISTENS, PATIENCE_SECONDS, PLATFORM_KEY, binary, environment

README = Path(__file__).resolve().parents[3] / "README.md"


def credere(*arguments, server=None, **more):
    """Runs the binary to its end: exit code, standard output and standard error."""
    settings = {"CREDERE_PLATFORM_KEY": PLATFORM_KEY, **({"CREDERE_SERVER": server} if server else {})}
    done = subprocess.run(
        [binary(), *arguments],
        env={**environment(**settings), **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_a_refusal_is_its_problem_document_for_programs(world):
    url = world.vendor.server.url
    customer = world.customer(world.reseller(), "100.00")
    order = ["order", "place", str(customer.uin), world.product, "100.01"]
    code, out, err = credere("--json", *order, server=url)
    problem = json.loads(out)
    assert (code, problem["code"], problem["status"]) == (1, "insufficient_credit", 402)
    assert (problem["required"], problem["available"]) == ("100.01", "100.00")
    assert problem["because"] and problem["request_id"]
    assert problem["request_id"] in err
    code, out, err = credere(*order, server=url)
    assert (code, out) == (1, "")
    assert "insufficient_credit" in err and "because R55" in err
    code, out, _ = credere("--json", *order, server="http://127.0.0.1:1")
    assert (code, json.loads(out)["code"]) == (5, "unreachable")


def test_records_that_are_not_settled_are_told_to_programs_once(world, tmp_path):
    customer = world.customer(world.reseller(), "100.00")
    now = world.vendor.now().isoformat()
    record = {"account_uin": customer.uin, "product_code": world.product, "period_start": now, "period_end": now}
    records = [{**record, "key": "good", "amount": "1.00"}, {**record, "key": "bad\u202e", "amount": "-1.00"}]
    file = tmp_path / "usage.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in records))
    code, out, err = credere("--json", "usage", "send", str(file), server=world.vendor.server.url)
    told = json.loads(out)
    assert (code, told["settled"], told["rejected"][0]["key"]) == (1, 1, "bad\u202e")
    assert "1 of 2 records were not settled" in err
    code, out, _ = credere("usage", "send", str(file), server=world.vendor.server.url)
    assert code == 1 and "bad<U+202E>" in out and "\u202e" not in out


def test_settings_and_a_check_are_told_to_programs(world, tmp_path):
    code, out, _ = credere("config", "--json", "--listen", "127.0.0.1:7171")
    told = {one["setting"]: one for one in json.loads(out)["data"]}
    assert (code, told["listen"]["value"], told["listen"]["variable"]) == (0, "127.0.0.1:7171", "CREDERE_LISTEN")
    copy = tmp_path / "copy"
    data = world.vendor.server.data
    assert credere("backup", "--data", str(data), str(copy))[0] == 0
    code, out, _ = credere("verify", "--json", "--data", str(copy))
    assert code == 0 and json.loads(out)["records"] > 0
    code, out, _ = credere("verify", "--json", "--database", "postgres://nowhere")
    assert (code, json.loads(out)["code"]) == (2, "wrong_usage")


def test_what_a_terminal_would_obey_is_shown_as_a_mark(world):
    url = world.vendor.server.url
    reseller = world.reseller()
    customer = world.customer(reseller, "100.00")
    remark = "paid \u202e00.31\u202c by \u200fx"
    world.vendor.post(f"/v1/customers/{customer.uin}/allocations", amount="1.00", remark=remark)
    code, out, _ = credere("credit", "history", str(customer.uin), server=url)
    assert code == 0 and "paid <U+202E>00.31<U+202C> by <U+200F>x" in re.sub(r"\s*│\s*", " ", out).replace("\n", " ")
    assert not set("\u202e\u202c\u200f\x1b") & set(out)
    code, out, _ = credere("--json", "credit", "history", str(customer.uin), server=url)
    assert not set("\u202e\u202c\u200f\x1b") & set(out)
    assert json.loads(out)["data"][0]["remark"] == remark


def test_a_bill_is_written_as_what_its_file_is_called(world, tmp_path):
    url = world.vendor.server.url
    customer = world.customer(world.reseller(), "100.00")
    world.buys(customer, "1.00")
    month = world.vendor.now().strftime("%Y-%m")
    for name, begins in [("bill.csv", b"id,"), ("bill.xlsx", b"PK")]:
        assert credere("bill", "export", str(customer.uin), month, str(tmp_path / name), server=url)[0] == 0
        assert (tmp_path / name).read_bytes().startswith(begins)
    for name in ["bill.pdf", "bill", "bill.xls", "bill.csv.gz"]:
        code, _, err = credere("bill", "export", str(customer.uin), month, str(tmp_path / name), server=url)
        assert (code, "`.csv` or `.xlsx`" in err, (tmp_path / name).exists()) == (2, True, False)


@pytest.fixture
def private(tmp_path):
    """A server whose certificate a private authority vouches for, and that authority's file."""
    authority = trustme.CA()
    ca_file, cert, key = (str(tmp_path / name) for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(ca_file)
    issued = authority.issue_cert("localhost", "127.0.0.1")
    issued.private_key_pem.write_to_path(key)
    for place, part in enumerate(issued.cert_chain_pems):
        part.write_to_path(cert, append=place > 0)
    process = subprocess.Popen(
        [binary(), "serve", "--sandbox", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "data")]
        + ["--tls-cert", cert, "--tls-key", key],
        env=environment(CREDERE_PLATFORM_KEY=PLATFORM_KEY),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    line = process.stdout.readline().decode()
    assert line.startswith(LISTENS)
    yield line.removeprefix(LISTENS).strip(), ca_file
    process.terminate()
    assert process.wait(PATIENCE_SECONDS) == 0
    process.stdout.close()


def test_a_private_authority_is_trusted_when_it_is_named(private, tmp_path):
    url, ca_file = private
    assert url.startswith("https://")
    eventually(lambda: credere("--ca", ca_file, "account", "list", server=url)[0] == 0)
    assert credere("account", "list", server=url, SSL_CERT_FILE=ca_file)[0] == 0
    code, _, err = credere("account", "list", server=url, SSL_CERT_FILE="")
    assert code == 5 and "certificate" in err.lower()
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    assert credere("--ca", str(stranger), "account", "list", server=url)[0] == 5
    for wrong in [str(tmp_path / "none.pem"), str(README)]:
        code, _, err = credere("--ca", wrong, "account", "list", server=url)
        assert code == 2 and wrong in err


def block(title, place=0):
    """The commands of the README below this title."""
    below = README.read_text().split(f"\n### {title}\n", 1)[1].split("\n### ", 1)[0]
    return re.findall(r"```sh\n(.*?)```", below, re.DOTALL)[place]


def test_the_readme_ends_in_the_refusal_that_it_promises(moving_world):
    server = moving_world.vendor.server
    commands = "".join([block("With curl"), block("With curl", 1), block("With the command line")])
    done = subprocess.run(
        ["bash", "-c", commands.replace("127.0.0.1:7070", server.host)],
        env={
            **environment(CREDERE_PLATFORM_KEY=PLATFORM_KEY, CREDERE_SERVER=server.url),
            "PATH": f"{Path(binary()).parent}:{os.environ['PATH']}",
            "no_proxy": "*",
        },
        capture_output=True,
        timeout=PATIENCE_SECONDS,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "refused with exit code 1" in out, out + err
    assert err.count("insufficient_credit") == 1, err
    assert done.returncode == 0
