/**
 * A contestant at work: asks it one question at a time.
 *
 * @typedef {object} Player
 * @property {(request: object | undefined, seconds: number) => Promise<any>} ask What it says: of
 *   itself, if nothing is asked. Rejects with what went wrong there, and where it takes longer than
 *   `seconds`.
 * @property {() => void | Promise<void>} stop Ends it.
 */

/**
 * Who can take part.
 *
 * @typedef {object} Contestant
 * @property {string} name For the command line and tables.
 * @property {() => Player} start
 */

export {};
