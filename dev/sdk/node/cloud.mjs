// The official Node SDK, set up for each way in which it can sign and send, and what its answers come down to. The SDK
// itself is used as it is installed; only its public settings are chosen here.

import assert from "node:assert/strict";
import billing from "tencentcloud-sdk-nodejs-intl-en/tencentcloud/billing/index.js";
import common from "tencentcloud-sdk-nodejs-intl-en/tencentcloud/common/index.js";
import intlpartnersmgt from "tencentcloud-sdk-nodejs-intl-en/tencentcloud/intlpartnersmgt/index.js";
import organization from "tencentcloud-sdk-nodejs-intl-en/tencentcloud/organization/index.js";

// What the SDK has for each service in one of its versions.
export const PARTNER_CENTER = intlpartnersmgt.v20220928;
export const ORGANIZATION = organization.v20210331;
export const OLD_ORGANIZATION = organization.v20181225;
export const BILLING = billing.v20180709;
const REGION = "ap-singapore";
export const VERSION = "2022-09-28";

// How a request is signed and sent.
export const Dialect = {
  TC3_POST: { name: "TC3 by POST", signMethod: "TC3-HMAC-SHA256", httpMethod: "POST" },
  TC3_GET: { name: "TC3 by GET", signMethod: "TC3-HMAC-SHA256", httpMethod: "GET" },
  SHA1_POST: { name: "HmacSHA1 by POST", signMethod: "HmacSHA1", httpMethod: "POST" },
  SHA1_GET: { name: "HmacSHA1 by GET", signMethod: "HmacSHA1", httpMethod: "GET" },
  SHA256_POST: { name: "HmacSHA256 by POST", signMethod: "HmacSHA256", httpMethod: "POST" },
  SHA256_GET: { name: "HmacSHA256 by GET", signMethod: "HmacSHA256", httpMethod: "GET" },
};
export const DIALECTS = Object.values(Dialect);

function profile(server, dialect) {
  const http = new common.HttpProfile("http://", server.host, dialect.httpMethod);
  return new common.ClientProfile(dialect.signMethod, http);
}

// The SDK draws the nonces of the form signature from 65,536 numbers, too few for tests that write often within a
// second: they would now and then be told that a request came before. So every number comes up once before any comes
// again.
const NONCES = 65_535;
let drawn = 0;
Math.random = () => (drawn = (drawn + 1) % NONCES) / NONCES;

// The requests that go with each client.
const models = new WeakMap();

// The official client of a service, Partner Center unless another one is named.
export function client(server, { secret_id, secret_key }, dialect = Dialect.TC3_POST, service = PARTNER_CENTER) {
  const made = new service.Client(new common.Credential(secret_id, secret_key), REGION, profile(server, dialect));
  models.set(made, service.Models);
  return made;
}

// The official client that calls whatever it is told to.
export function anyClient(server, { secret_id, secret_key }, version = VERSION, dialect = Dialect.TC3_POST) {
  const credential = new common.Credential(secret_id, secret_key);
  return new common.CommonClient(server.host, version, credential, REGION, profile(server, dialect));
}

// An action through its own method of the SDK: the fields of the typed answer, without the request id.
export async function call(caller, action, parameters = {}) {
  const request = new (models.get(caller)[`${action}Request`])();
  for (const [name, value] of Object.entries(parameters)) {
    assert.ok(name in request, `the SDK has no ${name} in ${action}`);
    request[name] = value;
  }
  return plain(await finished((done) => caller[action](request, done)));
}

// Any action with any parameters, through the common client.
export function callAny(caller, action, parameters) {
  return finished((done) => caller.request(action, parameters, {}, done));
}

function finished(start) {
  return new Promise((resolve, reject) => start((error, answer) => (error ? reject(error) : resolve(answer))));
}

function plain(answer) {
  const { RequestId, ...fields } = JSON.parse(JSON.stringify(answer));
  assert.match(RequestId, /^[0-9a-f-]{36}$/);
  return fields;
}

// The attempt must be refused with this code, a request id and a text.
export async function refused(attempt, code) {
  await assert.rejects(attempt, (error) => {
    assert.equal(error.code, code, `${error}`);
    assert.match(error.getRequestId(), /^[0-9a-f-]{36}$/);
    assert.ok(error.getMessage());
    return true;
  });
}
