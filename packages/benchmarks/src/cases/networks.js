import { convBnDropout } from './conv-bn-dropout.js';
import { convDropout } from './conv-dropout.js';
import { convLarge } from './conv-large.js';
import { lenet } from './lenet.js';
import { mlp } from './mlp.js';

/** Whose training steps are compared. */
export const networks = [mlp, lenet, convDropout, convLarge, convBnDropout];
