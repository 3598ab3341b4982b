import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { mlp } from '../src/cases/mlp.js';
import { ProcessPlayer } from '../src/contest/process-player.js';
import { compete, summarize } from '../src/contest/rounds.js';

const folder = mkdtempSync(join(tmpdir(), 'contest-'));
const log = join(folder, 'log');
afterAll(() => rmSync(folder, { recursive: true }));

function contestant(name: string, behaviour = '') {
  const script = fileURLToPath(new URL('support/contestant.js', import.meta.url));
  return { name, start: () => new ProcessPlayer(process.execPath, [script, log, name, behaviour]) };
}

it('contestants work in turns, on numbers of their own', async () => {
  const options = { rounds: 3, seconds: 60, limit: 60 };
  const scores = await compete([contestant('a'), contestant('b')], mlp, options);
  expect(scores.map(({ results }) => results)).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
  const turns = readFileSync(log, 'utf8').trim().split('\n');
  expect(turns).toEqual(['a 0', 'b 0', 'a 1', 'b 1', 'a 2', 'b 2']);
});

it('a contestant that has had its time, the first round aside, keeps what it did', async () => {
  const options = { rounds: 9, seconds: 0.25, limit: 60 };
  const [score] = await compete([contestant('slow')], mlp, options);
  expect(score).toMatchObject({ times: [100, 100, 100, 100], failure: undefined });
});

it('who fails, does not answer or cannot be started is out, and says why', async () => {
  const broken = await compete([contestant('broken', 'broken')], mlp, { ...once, limit: 60 });
  expect(broken[0]?.failure).toBe('it has no convolutions');
  const silent = await compete([contestant('silent', 'silent')], mlp, { ...once, limit: 1 });
  expect(silent[0]?.failure).toBe('no answer within 1 seconds');
  const missing = {
    name: 'missing',
    start: () => new ProcessPlayer(join(folder, 'no-such-program'), []),
  };
  const [absent] = await compete([missing], mlp, { ...once, limit: 60 });
  expect(absent).toMatchObject({ times: [], failure: 'its process ended' });
});

it('warm-up does not count, unless there is nothing else', () => {
  const score = { name: '', description: '', results: [], failure: undefined };
  const times = [90, 80, 70, 60, 50, 3, 1, 2];
  expect(summarize({ ...score, times })).toEqual({ median: 2, best: 1, count: 3 });
  expect(summarize({ ...score, times: [90, 80] })).toEqual({ median: 80, best: 80, count: 1 });
});

const once = { rounds: 1, seconds: 60 };
