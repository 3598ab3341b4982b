import { expect, test } from 'vitest';
import { RandomStream, randomKey, randomStream } from '../src/index.js';
import type { RandomStreamState } from '../src/index.js';
import { failure } from './support.js';

test('the n-th key is the key of the stream folded with n', () => {
  const key = randomKey(11);
  const stream = randomStream(11);
  expect(stream.position).toBe(0);
  expect([stream.next(), stream.next(), stream.next()]).toEqual(key.split(3));
  expect(stream.position).toBe(3);
  expect(randomStream(key).next()).toEqual(key.fold(0));
  expect(randomStream(11n).next()).toEqual(key.fold(0));
});

test('a state goes through JSON and the stream continues where it was', () => {
  const stream = randomStream(5);
  for (let draw = 0; draw < 10; draw++) stream.next();
  const saved = JSON.parse(JSON.stringify(stream.state())) as RandomStreamState;
  const restored = RandomStream.fromState(saved);
  expect(restored.position).toBe(10);
  expect(restored.next()).toEqual(stream.next());
  expect(restored.state()).toEqual(stream.state());
});

test('taking the state does not move the stream', () => {
  const stream = randomStream(5);
  expect(stream.state()).toEqual({ key: [0, 5], position: 0 });
  expect(stream.state()).toEqual({ key: [0, 5], position: 0 });
});

test('a stream that is used up says so', () => {
  const stream = new RandomStream(randomKey(0), 2 ** 32 - 2);
  expect(stream.next()).toEqual(randomKey(0).fold(2 ** 32 - 2));
  expect(() => stream.next()).toThrow(failure('STREAM_EXHAUSTED'));
  expect(RandomStream.fromState(stream.state()).position).toBe(2 ** 32 - 1);
});

test.each([
  undefined,
  null,
  'state',
  {},
  { key: [1], position: 0 },
  { key: [1, -2], position: 0 },
  { key: [1, 2] },
  { key: [1, 2], position: 0.5 },
  { key: [1, 2], position: -1 },
])('refuses the state %j', (state) => {
  expect(() => RandomStream.fromState(state as RandomStreamState)).toThrow(
    failure('INVALID_STATE'),
  );
});

test('refuses what is neither a seed nor a key', () => {
  expect(() => randomStream({} as never)).toThrow(failure('INVALID_KEY'));
  expect(() => randomStream(-3)).toThrow(failure('INVALID_SEED'));
});
