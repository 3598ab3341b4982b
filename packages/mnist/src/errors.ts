/** What every error of this package is: `code` is for programs, `message` for people. */
export class MnistError<Code extends string = string> extends Error {
  override readonly name: string = 'MnistError';
  readonly code: Code;

  /**
   * An error of the given kind.
   *
   * @param code Which kind of error, stable across releases.
   * @param message What is wrong, where, and what to do.
   * @param options The error beneath this one.
   */
  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Why an array could not be read from, or written to, the IDX format. */
export type IdxErrorCode =
  | 'IDX_TRUNCATED_HEADER'
  | 'IDX_BAD_MAGIC'
  | 'IDX_UNKNOWN_TYPE'
  | 'IDX_LENGTH_MISMATCH'
  | 'IDX_INVALID_ARRAY';

/** A file that is not valid IDX, or an array that the format cannot hold. */
export class IdxError extends MnistError<IdxErrorCode> {
  override readonly name = 'IdxError';
}

/** Why compressed bytes could not be inflated. */
export type InflateErrorCode = 'INFLATE_CORRUPT' | 'INFLATE_TOO_LARGE';

/** A gzip stream that is truncated, corrupt, or larger than it may be. */
export class InflateError extends MnistError<InflateErrorCode> {
  override readonly name = 'InflateError';
}

/** Why files are no digit data set. */
export type MnistDataErrorCode =
  'MNIST_FILES_MISSING' | 'MNIST_UNREADABLE' | 'MNIST_INVALID_DATA' | 'MNIST_NO_FILE_SYSTEM';

/** A data directory that lacks files, or files whose contents are not 28×28 digits with labels. */
export class MnistDataError extends MnistError<MnistDataErrorCode> {
  override readonly name = 'MnistDataError';
}

/** Why digits could not be drawn. */
export type DigitsErrorCode =
  'DIGITS_INVALID_DIGIT' | 'DIGITS_INVALID_SIZE' | 'DIGITS_INVALID_VARIATION';

/** A request for synthetic digits that makes no sense. */
export class DigitsError extends MnistError<DigitsErrorCode> {
  override readonly name = 'DigitsError';
}

/** Why one mirror did not deliver a file. */
export interface MirrorFailure {
  /** The address that was asked. */
  readonly url: string;
  /** What went wrong there, in words. */
  readonly reason: string;
}

/** No mirror delivered a file that passes verification. */
export class DownloadError extends MnistError<'DOWNLOAD_FAILED'> {
  override readonly name = 'DownloadError';
  /** The file wanted, such as `train-images-idx3-ubyte`. */
  readonly file: string;
  /** Every mirror tried, in order, with its reason. */
  readonly failures: readonly MirrorFailure[];

  /**
   * The failure to download one file.
   *
   * @param file The file wanted.
   * @param failures Every mirror tried, in order, with its reason.
   */
  constructor(file: string, failures: readonly MirrorFailure[]) {
    const list = failures.map(({ url, reason }) => `\n  ${url}: ${reason}`).join('');
    const message =
      failures.length === 0
        ? `Cannot download ${file}: the list of mirrors is empty.`
        : `Cannot download ${file}; every mirror failed:${list}\n` +
          'Check the connection, or download the files by other means and pass dataDirectory.';
    super('DOWNLOAD_FAILED', message);
    this.file = file;
    this.failures = failures;
  }
}
