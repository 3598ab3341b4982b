import type { Helper } from './helpers.js';
import { vectorOf } from './types.js';

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

/** What is added to the third key word, so that a key of zeros is no fixed point. */
const parity = 0x1bd11bda;

/**
 * Both words of Threefry-2x32 with twenty rounds, as an array. Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3", 2011.
 */
export const threefry: Helper = {
  name: 'threefry',
  write(name, lanes) {
    const u = vectorOf('u32', lanes);
    const keys = ['key0', 'key1', 'key2'];
    const lines = [
      `let key2 = key0 ^ key1 ^ ${u}(${parity});`,
      'var a = counter0 + key0;var b = counter1 + key1;',
    ];
    for (let round = 0; round < 20; round++) {
      const rotation = rotations[round % 8]!;
      lines.push(`a += b;b = ((b * ${2 ** rotation}) | (b >> ${u}(${32 - rotation}))) ^ a;`);
      if (round % 4 !== 3) continue;
      const group = (round + 1) / 4;
      lines.push(`a += ${keys[group % 3]};b += ${keys[(group + 1) % 3]} + ${group};`);
    }
    lines.push('return array(a, b);}');
    const parameters = ['key0', 'key1', 'counter0', 'counter1'].map((each) => `${each}: ${u}`);
    return `fn ${name}(${parameters.join(', ')}) -> array<${u}, 2> {${lines.join('\n')}`;
  },
};
