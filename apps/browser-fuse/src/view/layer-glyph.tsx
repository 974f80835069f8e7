/**
 * A layer's output as a block: the face grows with height and width, the depth with channels, on logarithmic
 * scales.
 */
export function LayerGlyph({ shape }: { readonly shape: readonly (number | null)[] }) {
  const lengths = shape.slice(1).map((length) => length ?? 1);
  const channels = lengths.at(-1) ?? 1;
  const [tall = 1, wide = 1] = lengths.slice(0, -1);
  // A vector stands upright, so that it doesn't look like a picture of one pixel.
  const isVector = lengths.length < 2;
  const depth = isVector ? 3 : Math.min(16, 2 + 2 * Math.log2(channels));
  const height = Math.min(28, 4 + (isVector ? 2.4 * Math.log2(channels) : 3.6 * Math.log2(tall)));
  const width = isVector ? 4 : Math.min(26, 4 + 3.6 * Math.log2(wide));
  const slant = depth * 0.55;
  const left = (48 - width - depth) / 2;
  const bottom = 18 + (height + slant) / 2;
  const top = bottom - height;
  const right = left + width;
  return (
    <svg class="glyph" viewBox="0 0 48 36" width="48" height="36" aria-hidden="true">
      <path class="side" d={`M${left} ${top}l${depth} ${-slant}h${width}v${height}l${-depth} ${slant}`} />
      <path class="edge" d={`M${right} ${top}l${depth} ${-slant}`} />
      <rect class="face" x={left} y={top} width={width} height={height} />
    </svg>
  );
}
