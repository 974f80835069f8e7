/** What only a command line can get wrong; what the libraries refuse has their `FuseInitErrorCode`. */
export type CliErrorCode =
  | 'BUDGET_UNMET'
  | 'OUTPUT_EXISTS'
  | 'OUTPUT_IS_INPUT'
  | 'OUTPUT_UNWRITABLE'
  | 'USAGE';

/** A failure that is told in one line: the message says what came, what was expected and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  /** What was found out all the same, for `--json`. */
  readonly findings: object | undefined;
  /** The same for people. */
  readonly text: string | undefined;

  constructor(
    code: CliErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly findings?: object; readonly text?: string } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.findings = options.findings;
    this.text = options.text;
  }
}
