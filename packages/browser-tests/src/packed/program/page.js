import { pool, train } from './train.js';

globalThis.done = train().catch((error) => ({ error: String(error) }));
globalThis.pool = pool;
