// The vendor's side: partners, customers and purchases, made over the platform API so that the SDK has something to
// work with. Every test makes parties of its own, so that none sees another's.

import { anyClient, call, callAny, client, Dialect, PARTNER_CENTER } from "./cloud.mjs";
import { PLATFORM_KEY } from "./server.mjs";

const PRODUCT = "cvm";
// Calendar texts of the Cloud API are in this zone (R146).
const ZONE_MS = 8 * 3_600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let parties = 0;
let records = 0;

// A moment as RFC 3339 in that zone, but for the offset.
function local(ms) {
  return new Date(ms + ZONE_MS).toISOString();
}

// Makes parties on a server.
export class World {
  static async on(server) {
    const world = new World(server);
    await world.post("/v1/products", { code: PRODUCT, settlement: "hourly" });
    return world;
  }

  constructor(server) {
    this.server = server;
  }

  async platform(method, path, body) {
    const answer = await fetch(`${this.server.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${PLATFORM_KEY}`, "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  get(path) {
    return this.platform("GET", path);
  }

  post(path, body) {
    return this.platform("POST", path, body);
  }

  // The deployment's clock, in milliseconds since 1970.
  async now() {
    return Date.parse((await this.get("/v1/clock")).now);
  }

  // The deployment's clock as the Cloud API writes it, or so much later.
  async localTime(aheadMs = 0) {
    return local((await this.now()) + aheadMs).slice(0, 19).replace("T", " ");
  }

  // The month that the deployment's clock is in, as the Cloud API writes it.
  async month() {
    return local(await this.now()).slice(0, 7);
  }

  // Moves the clock to where the present month's bill is issued (R76).
  async nextBill() {
    const [year, month] = (await this.month()).split("-").map(Number);
    const to = new Date(Date.UTC(year, month, 5, 1) - ZONE_MS).toISOString();
    await this.post("/v1/clock/advance", { to });
  }

  // An account that is nobody's partner and nobody's customer; of an entity that is named, if any.
  async account(level = "enterprise", entity = {}) {
    const number = ++parties;
    const named = {
      name: `Party ${number} Ltd`,
      email: `party-${number}@example.test`,
      phone: `+65${80_000_000 + number}`,
    };
    const { uin } = await this.post("/v1/accounts", { ...named, verification: { level, ...entity } });
    return new Party(this, { uin, ...named });
  }

  async partner(kind, quota, more = {}) {
    const party = await this.account();
    await this.post("/v1/partners", { uin: party.uin, kind, allocation_quota: quota, ...more });
    return party;
  }

  reseller(quota = "1000.00", more = {}) {
    return this.partner("reseller", quota, more);
  }

  distributor(quota = "10000.00") {
    return this.partner("distributor", quota);
  }

  secondLevel(distributor, pool = "3000.00") {
    return this.partner("second_level_reseller", pool, { distributor_uin: distributor.uin });
  }

  async customer(partner, credit, level, entity) {
    const party = await this.account(level, entity);
    await this.post("/v1/customers", { uin: party.uin, partner_uin: partner.uin });
    if (credit !== undefined) await this.post(`/v1/customers/${party.uin}/allocations`, { amount: credit });
    return party;
  }

  buys(customer, amount, more = {}) {
    const order = { account_uin: customer.uin, product_code: PRODUCT, kind: "purchase", amount };
    return this.post("/v1/orders", { ...order, ...more });
  }

  // An hour's usage, from now on, at this list price: the id of the line that it became.
  async uses(customer, amount, more = {}) {
    const now = await this.now();
    const record = {
      key: `record-${++records}`,
      account_uin: customer.uin,
      product_code: PRODUCT,
      amount,
      period_start: new Date(now).toISOString(),
      period_end: new Date(now + HOUR_MS).toISOString(),
    };
    const { results } = await this.post("/v1/usage", { records: [{ ...record, ...more }] });
    if (results[0].status !== "settled") throw new Error(JSON.stringify(results));
    return results[0].line_id;
  }

  // A voucher that the customer's partner issues, valid from now on for so many days: its number.
  async voucher(customer, amount, days = 30) {
    const now = await this.now();
    const { id } = await this.post("/v1/vouchers", {
      kind: "customer",
      owner_uin: customer.uin,
      amount,
      usage: "CustomerOffer",
      payment_mode: "all",
      products: { mode: "all", codes: [] },
      effective_at: new Date(now).toISOString(),
      expires_at: new Date(now + days * DAY_MS).toISOString(),
    });
    return Number(id);
  }
}

// An account with what it was opened with.
class Party {
  #world;
  #secret;

  constructor(world, facts) {
    this.#world = world;
    Object.assign(this, facts);
  }

  // The id and key that this party signs with, made at the first use.
  async secret() {
    this.#secret ??= await this.#world.post(`/v1/accounts/${this.uin}/credentials`, {});
    return this.#secret;
  }

  // Calls an action as this party: the fields of the answer, without the request id.
  async calls(action, parameters = {}, dialect = Dialect.TC3_POST, service = PARTNER_CENTER) {
    return call(client(this.#world.server, await this.secret(), dialect, service), action, parameters);
  }

  // Calls any action by its name as this party: the fields of the answer, without the request id.
  async callsByName(action, parameters, dialect = Dialect.TC3_POST, version = undefined) {
    const caller = anyClient(this.#world.server, await this.secret(), version, dialect);
    const { RequestId, ...fields } = await callAny(caller, action, parameters);
    return fields;
  }

  // A customer's total over the platform API.
  async total() {
    const { credit } = await this.#world.get(`/v1/accounts/${this.uin}`);
    return Number(credit.total);
  }
}
