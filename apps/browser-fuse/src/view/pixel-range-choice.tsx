import type { Session } from '../session/session.js';

const ranges = [
  [0, 1],
  [-1, 1],
  [0, 255],
] as const;

/** What numbers a model wants for black and white. */
export function PixelRangeChoice({ session }: { readonly session: Session }) {
  const chosen = session.pixelRange.value;
  return (
    <label class="field">
      <span>Pixels of images, black to white, become</span>
      <select
        value={chosen.join()}
        onChange={({ currentTarget }) => {
          session.pixelRange.value = ranges.find((range) => range.join() === currentTarget.value)!;
        }}
      >
        {ranges.map((range) => (
          <option key={range.join()} value={range.join()}>
            {range[0]} to {range[1]}
          </option>
        ))}
      </select>
    </label>
  );
}
