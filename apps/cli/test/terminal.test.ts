import { spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bin, digitsDirectory, run } from './support.js';

/** `script` of util-linux opens a pseudo-terminal; that of other systems is called differently. */
const openTerminal = 'script';
const { stdout: version } = spawnSync(openTerminal, ['--version']);
const canOpenTerminal = String(version).includes('util-linux');

/** Runs the built command on a terminal of its own, and gives what appeared there. */
async function onTerminal(args: readonly string[], environment = {}): Promise<string> {
  const command = [process.execPath, bin, ...args].map((part) => `'${part}'`).join(' ');
  const terminal = ['--quiet', '--return', '--flush', '--command', command, '/dev/null'];
  const { stdout } = await run(openTerminal, terminal, {
    environment: { TERM: 'xterm', ...environment },
  });
  return stdout;
}

describe.skipIf(!canOpenTerminal)('on a terminal', () => {
  it('a run is shown live, and ends with a report', async () => {
    const dataDirectory = digitsDirectory();
    const args = ['train', 'softmax', '--steps', '600', '--data-dir', dataDirectory];
    const output = await onTerminal(args, { FORCE_COLOR: '1' });
    const hideCursor = '\u001B[?25l';
    const showCursor = '\u001B[?25h';
    expect(output).toContain(hideCursor);
    expect(output.lastIndexOf(showCursor)).toBeGreaterThan(output.lastIndexOf(hideCursor));

    const text = stripVTControlCharacters(output);
    expect(text).toContain('Training softmax on your digits (200 examples), 600 steps of 100');
    expect(text).toMatch(
      /[━─]{40,} \d+\/600 steps\r\n {2}loss \S+ · accuracy \S+% · \S+ examples\/s/,
    );
    expect(text).toContain('✔ softmax trained');
    expect(text).toMatch(/test accuracy +\d+\.\d+% \(\d+ of 60\)\r\n/);
  });

  it('that can do nothing, plain lines are printed', async () => {
    const args = ['train', 'softmax', '--steps', '5', '--data-dir', digitsDirectory()];
    const output = await onTerminal(args, { TERM: 'dumb' });
    expect(output).toContain('step 5/5  loss ');
    expect(output).not.toContain('\u001B');
  });
});
