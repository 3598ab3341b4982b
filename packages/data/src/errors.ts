/** What went wrong, for programs: the `code` of a {@link DataError}. */
export type DataErrorCode =
  | 'INVALID_COLUMN'
  | 'LENGTH_MISMATCH'
  | 'UNKNOWN_COLUMN'
  | 'INVALID_RANGE'
  | 'INVALID_KEY'
  | 'INVALID_BATCH_SIZE'
  | 'INVALID_OPTION'
  | 'INVALID_POSITION'
  | 'EMPTY_DATASET'
  | 'BATCHES_USED_UP';

/** Every error that this package throws; `code` says which kind, the message what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;

  /**
   * An error of the kind that `code` names.
   *
   * @param code The kind of error.
   * @param message What was given and what was expected.
   */
  constructor(code: DataErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
