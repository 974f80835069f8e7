import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** As a table's head. */
export function bold(text: string, stream: Stream = process.stdout): string {
  return text !== '' && hasColors(stream) ? styleText('bold', text) : text;
}

export function red(text: string, stream: Stream = process.stdout): string {
  return hasColors(stream) ? styleText('red', text) : text;
}

type Stream = Partial<Pick<WriteStream, 'hasColors'>>;

/** Not where nobody looks, nor with NO_COLOR, which Node heeds. */
function hasColors(stream: Stream): boolean {
  return stream.hasColors?.() ?? false;
}
