/** What the command reports on purpose; `code` is stable, the message is for people. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A mistake in how the command was called: what was given, what was expected, what to do. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super('USAGE', message);
  }
}

/** An error as plain data, so that it crosses from the worker and into JSON. */
export interface Failure {
  /** Stable and upper-case, such as `USAGE` or `MNIST_FILES_MISSING`; `INTERNAL` for a bug. */
  readonly code: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Whatever was thrown, as a failure. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) {
    return { code: 'INTERNAL', message: String(error), stack: undefined };
  }
  const { message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'INTERNAL';
  return { code, message: message || error.name, stack };
}

/** A failure as an error again, in the thread to which it was reported. */
export function errorOf({ code, message, stack }: Failure): CommandError {
  const error = new CommandError(code, message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** The exit status of the process: 2 for a mistake in the call, 1 for anything else. */
export function exitCodeOf({ code }: Failure): number {
  return code === 'USAGE' ? 2 : 1;
}

/** What people read: one message, and a stack only for those who ask for it. */
export function describeFailure({ code, message, stack }: Failure, debug: boolean): string {
  const hint =
    code === 'INTERNAL' && !debug ? '\nThis looks like a bug: GRADUS_DEBUG=1 shows where.' : '';
  return `gradus: ${message}${hint}${debug && stack !== undefined ? `\n${stack}` : ''}\n`;
}
