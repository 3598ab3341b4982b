import { CommanderError, type Command } from 'commander';
import { UsageError, describeFailure, exitCodeOf, failureOf } from './errors.js';
import { createProgram } from './program.js';

/** The status of a process whose reader has gone away, as if SIGPIPE had ended it. */
const brokenPipeStatus = 141;

/**
 * Runs the command `gradus`.
 *
 * @param args What follows the command's name.
 * @returns The exit status: 0, 1 for a failure, 2 for a mistake in the call, 130 after Ctrl-C.
 */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(brokenPipeStatus);
  });
  let status = 0;
  const program = createProgram((code) => (status = code));
  for (const command of [program, ...program.commands]) {
    command.exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(error, command);
    });
    command.configureOutput({ outputError: () => undefined });
  }
  if (args.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = failureOf(error);
    if (args.includes('--json')) {
      const { code, message } = failure;
      process.stdout.write(`${JSON.stringify({ event: 'error', code, message })}\n`);
    }
    process.stderr.write(describeFailure(failure, Boolean(process.env['GRADUS_DEBUG'])));
    return exitCodeOf(failure);
  }
}

/** What commander says about a wrong call, in the form of our own messages. */
function usageError({ message }: CommanderError, command: Command): UsageError {
  const sentence = message
    .replace(/^error: /, '')
    .replace(/\n/g, ' ')
    .replace(/[^.)?]$/, '$&.');
  const help = command.parent === null ? 'gradus --help' : `gradus ${command.name()} --help`;
  return new UsageError(`${sentence} See "${help}".`);
}
