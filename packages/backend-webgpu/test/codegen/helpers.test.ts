import { expect, it } from 'vitest';
import { Helpers, type Helper } from '../../src/codegen/helpers.js';
import { typeOf } from '../../src/codegen/types.js';

const twice: Helper = {
  name: 'twice',
  write: (name, lanes) => {
    const type = typeOf('float32', lanes);
    return `fn ${name}(x: ${type}) -> ${type} { return x + x; }`;
  },
};
const fourTimes: Helper = {
  name: 'fourTimes',
  needs: [twice],
  write: (name, lanes) =>
    `fn ${name}(x: ${typeOf('float32', lanes)}) -> ${typeOf('float32', lanes)} { return twice${lanes === 1 ? '' : lanes}(twice${lanes === 1 ? '' : lanes}(x)); }`,
};

it('writes a helper once, behind those that it needs', () => {
  const helpers = new Helpers();
  expect(helpers.use(fourTimes, 4)).toBe('fourTimes4');
  expect(helpers.use(twice, 4)).toBe('twice4');
  expect(helpers.use(twice, 1)).toBe('twice');
  expect(helpers.source.match(/fn \w+/g)).toEqual(['fn twice4', 'fn fourTimes4', 'fn twice']);
});
