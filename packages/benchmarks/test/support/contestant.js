/** `node contestant.js LOG NAME BEHAVIOUR`: a contestant that notes its turns in a file. */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [log = '', name = '', behaviour] = process.argv.slice(2);
const answer = (/** @type {object} */ value) => console.log(JSON.stringify(value));

answer({ description: name });
for await (const line of createInterface({ input: process.stdin })) {
  const { prepare, first, count } = JSON.parse(line);
  if (prepare !== undefined) answer({});
  else if (behaviour === 'silent') continue;
  else if (behaviour === 'broken') answer({ error: 'it has no convolutions' });
  else {
    appendFileSync(log, `${name} ${first}\n`);
    const results = Array.from({ length: count }, (_, i) => first + i);
    answer({ milliseconds: 100 * count, results });
  }
}
