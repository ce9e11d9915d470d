"""Writes edge/cloud/data/country-codes.tsv, the table behind the Cloud API's GetCountryCodes.

Run by hand when the facts change, in an environment that has the PyPI packages named below:

    pip install babel==2.18.0 phonenumbers==9.0.43 pycountry==26.2.16
    python3 dev/data/country_codes.py            # write the table
    python3 dev/data/country_codes.py --check    # exit 1 when the committed table differs

Where the columns come from: the list of countries and territories and both their codes are ISO 3166-1 as pycountry
carries it; the names in English and simplified Chinese are those of the Unicode CLDR, read through babel; the dialling
code is the ITU country calling code as phonenumbers carries it (1 for every place in the North American plan). Places
without a calling code of their own, such as Antarctica, are left out. Rows are in the order of the two-letter code.
"""

import pathlib
import sys

import babel
import phonenumbers
import pycountry

TABLE = pathlib.Path(__file__).resolve().parents[2] / "edge" / "cloud" / "data" / "country-codes.tsv"
COLUMNS = ("english_name", "chinese_name", "iso2", "iso3", "dialling_code")


def rows():
    english = babel.Locale("en").territories
    chinese = babel.Locale("zh", script="Hans").territories
    for country in sorted(pycountry.countries, key=lambda country: country.alpha_2):
        dialling_code = phonenumbers.country_code_for_region(country.alpha_2)
        if dialling_code == 0:
            continue
        yield (
            english[country.alpha_2],
            chinese[country.alpha_2],
            country.alpha_2,
            country.alpha_3,
            str(dialling_code),
        )


def table():
    lines = ["\t".join(COLUMNS)]
    for row in rows():
        assert all(field and "\t" not in field and "\n" not in field for field in row), row
        lines.append("\t".join(row))
    return "\n".join(lines) + "\n"


def main():
    text = table()
    if "--check" in sys.argv[1:]:
        if not TABLE.is_file() or TABLE.read_text(encoding="utf-8") != text:
            print(f"{TABLE.name} differs from the facts; run this script without --check")
            return 1
        return 0
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(text, encoding="utf-8")
    print(f"{text.count(chr(10)) - 1} rows in {TABLE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
