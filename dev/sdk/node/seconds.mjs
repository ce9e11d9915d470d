// Loading this sets each reading of the clock a second after the one before. Many calls of a test are equal to the last byte, and an
// equal request within one second is a repetition, so each is to be signed a second later. After 250 readings it starts again, within
// the 300 seconds that a server allows a clock to be off.

export const RealDate = globalThis.Date;
let ahead = 0;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [Date.now()] : given));
  }
  static now() {
    return RealDate.now() + 1000 * (ahead++ % 250);
  }
};
