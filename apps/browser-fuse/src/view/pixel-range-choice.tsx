import type { PixelRange } from '@fuseinit/tfjs/internal';
import type { Session } from '../session/session.js';

const ranges: readonly (readonly [range: PixelRange, words: string])[] = [
  ['unit', '0 to 1'],
  ['symmetric', '-1 to 1'],
  ['raw', '0 to 255'],
];

/** What numbers a model wants for black and white. */
export function PixelRangeChoice({ session }: { readonly session: Session }) {
  return (
    <label class="field">
      <span>Pixels, and bytes that are pixels, become</span>
      <select
        value={session.pixelRange.value ?? ''}
        onChange={({ currentTarget }) => {
          const found = ranges.find(([range]) => range === currentTarget.value);
          session.pixelRange.value = found?.[0] ?? null;
        }}
      >
        <option value="">what the network reads</option>
        {ranges.map(([range, words]) => (
          <option key={range} value={range}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
