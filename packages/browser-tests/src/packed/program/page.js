import { train } from './train.js';

globalThis.done = train().catch((error) => ({ error: String(error) }));
