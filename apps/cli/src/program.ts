import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { benchCommand } from './commands/bench.js';
import { devicesCommand } from './commands/devices.js';
import { trainCommand } from './commands/train.js';

/** The command `gradus` with all of its subcommands; `exit` receives the exit status of a run. */
export function createProgram(exit: (status: number) => void): Command {
  const program = new Command('gradus')
    .description('Trains neural networks. Gradus is Latin for step.')
    .version(version())
    .helpCommand(false)
    .addHelpText(
      'after',
      `
Examples:
  gradus train mlp-relu             train on MNIST, with a live display
  gradus train softmax --steps 500  a few seconds of it
  gradus bench step-lenet           how fast that is here
  gradus devices                    what can be computed on
  gradus train --help               all that can be chosen`,
    );
  for (const command of [trainCommand(exit), benchCommand(), devicesCommand()]) {
    program.addCommand(command);
  }
  return program;
}

/** From the manifest, which lies one folder above sources and build alike. */
function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
