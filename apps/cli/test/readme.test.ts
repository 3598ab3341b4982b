import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../src/program.js';

const readme = readFileSync(resolve(import.meta.dirname, '..', 'README.md'), 'utf8');
const commandLines = [...readme.matchAll(/^gradus .*$/gm)].map(([line]) => line);

/** The program, except that its commands do nothing. */
function idleProgram() {
  const program = createProgram(() => undefined);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: () => undefined });
  }
  for (const command of program.commands) command.action(() => undefined);
  return program;
}

describe('README', () => {
  it('shows each command', () => {
    for (const { name } of idleProgram().commands.map((command) => ({ name: command.name() }))) {
      expect(commandLines.some((line) => line.startsWith(`gradus ${name}`))).toBe(true);
    }
  });

  it.each(commandLines)('shows a command that can be called: %s', async (line) => {
    const args = line.replace(/ \|.*/, '').split(' ').slice(1);
    await idleProgram().parseAsync(args, { from: 'user' });
  });

  it.each(['train', 'bench'])('names every option of %s', (name) => {
    const section = readme.split(/^## /m).find((each) => each.startsWith(`gradus ${name}\n`));
    const { options } = idleProgram().commands.find((command) => command.name() === name)!;
    for (const { long } of options) expect(section).toContain(`\`${long!}`);
  });

  it('shows no command that cannot be called', async () => {
    const args = ['train', 'softmax', '--no-such-option'];
    await expect(idleProgram().parseAsync(args, { from: 'user' })).rejects.toThrow(
      'unknown option',
    );
  });
});
