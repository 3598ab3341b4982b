/** What went wrong, for programs: the `code` of a {@link RandomError}. */
export type RandomErrorCode =
  | 'INVALID_SEED'
  | 'INVALID_KEY'
  | 'INVALID_FOLD'
  | 'INVALID_LENGTH'
  | 'INVALID_PARAMETER'
  | 'INVALID_STATE'
  | 'STREAM_EXHAUSTED';

/** Every error that this package throws; `code` says which kind, the message what to do. */
export class RandomError extends Error {
  override readonly name = 'RandomError';
  readonly code: RandomErrorCode;

  /**
   * An error of the kind that `code` names.
   *
   * @param code The kind of error.
   * @param message What was given and what was expected.
   */
  constructor(code: RandomErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
