import type { DescribedLayer } from '@fuseinit/tfjs';
import { count, sampleShape } from './format.js';
import { LayerGlyph } from './layer-glyph.js';

export interface LayerFactsProps {
  readonly layer: DescribedLayer;
  readonly previous: string | undefined;
  /** What happens to it, where something does. */
  readonly tag?: { readonly text: string; readonly isNew: boolean } | undefined;
}

/** One layer: its output as a picture, its name, class, output shape and parameters. */
export function LayerFacts({ layer, previous, tag }: LayerFactsProps) {
  const { name, className, outputShapes, parameters, readsFrom } = layer;
  const readsElsewhere = readsFrom.length > 0 && readsFrom.join() !== previous;
  return (
    <>
      <LayerGlyph shape={outputShapes[0] ?? []} />
      <span class="layer-name">
        <span class="layer-title">
          <strong>{name}</strong>
          {tag && <span class={tag.isNew ? 'tag' : 'tag subtle'}>{tag.text}</span>}
        </span>
        <span class="layer-class">
          {className}
          {readsElsewhere && `, reads ${readsFrom.join(' and ')}`}
        </span>
      </span>
      <span class="layer-numbers">
        <span>{sampleShape(outputShapes[0] ?? [])}</span>
        <span class="layer-class">
          {parameters > 0 ? `${count(parameters)} parameters` : 'no parameters'}
        </span>
      </span>
    </>
  );
}
