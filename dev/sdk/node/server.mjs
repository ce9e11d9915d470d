// A Credere server of the tests' own: started on a free port with an empty data folder, and stopped by its process id.
// Nothing here knows what is tested. The binary is named by CREDERE_BIN, which `./test` sets.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

export const PLATFORM_KEY = "platform-key-of-the-sdk-tests";
// Far longer than a start or stop takes, so that it is only reached when something hangs.
const PATIENCE_MS = 60_000;
const POLL_MS = 20;
const LISTENS = "credere listens on http://";

// Starts a server and waits until it is ready. `host` is what the SDK takes as its endpoint.
export async function startServer() {
  const binary = process.env.CREDERE_BIN;
  assert.ok(binary, "CREDERE_BIN must name the credere binary; `./test sdk` builds it and sets the variable");
  const folder = await mkdtemp(join(tmpdir(), "credere-node-sdk-"));
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("CREDERE_"));
  const settings = { CREDERE_PLATFORM_KEY: PLATFORM_KEY, CREDERE_CLOUD_RATE_LIMITS: "false" };
  const options = ["serve", "--sandbox", "--listen", "127.0.0.1:0", "--data", join(folder, "data")];
  const child = spawn(resolve(binary), options, {
    env: { ...Object.fromEntries(kept), ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (text) => (log += text));
  const ended = once(child, "exit");
  const overdue = AbortSignal.timeout(PATIENCE_MS);
  try {
    const host = await address(child, overdue);
    while ((await fetch(`http://${host}/readyz`, { signal: overdue })).status !== 200) {
      await pause(POLL_MS, undefined, { signal: overdue });
    }
    return { host, url: `http://${host}`, stop: () => stop(child, ended, folder, () => log) };
  } catch (error) {
    child.kill("SIGKILL");
    await ended;
    throw new Error(`the server did not start\n${log}`, { cause: error });
  }
}

async function address(child, overdue) {
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, "line", { signal: overdue }),
    once(child, "exit").then(([code]) => assert.fail(`the server ended with code ${code}`)),
  ]);
  assert.ok(line.startsWith(LISTENS), `the server did not say where it listens, but \`${line}\``);
  return line.slice(LISTENS.length).trim();
}

// Asks the server to stop; it must end by itself and report success.
async function stop(child, ended, folder, log) {
  const killer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  child.kill("SIGTERM");
  const [code, signal] = await ended;
  clearTimeout(killer);
  await rm(folder, { recursive: true });
  assert.deepEqual([code, signal], [0, null], `the server did not end well\n${log()}`);
}
