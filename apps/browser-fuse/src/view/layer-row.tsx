import type { DescribedLayer } from '@fuseinit/tfjs';
import type { ChosenSpan } from '../session/chosen-span.js';
import type { LayerChoice } from '../session/span-choice.js';
import { kernel } from './format.js';
import { LayerFacts } from './layer-facts.js';

export interface LayerRowProps {
  readonly layer: DescribedLayer;
  readonly previous: string | undefined;
  readonly choice: LayerChoice;
  readonly span: ChosenSpan | undefined;
  readonly onChoose: () => void;
}

/** A layer as a button. One that can't be chosen stays within reach, so that its reason can be read. */
export function LayerRow({ layer, previous, choice, span, onChoose }: LayerRowProps) {
  const reasonId = `reason-${layer.name}`;
  const reason = choice.kind === 'refused' ? choice.reason : undefined;
  const tag = span?.from === layer.name ? { text: `→ ${fusedLayer(span)}`, isNew: true } : undefined;
  return (
    <li class="layer" data-choice={choice.kind} data-span={span && placeIn(span, layer.name)}>
      <button
        type="button"
        aria-disabled={reason !== undefined}
        aria-pressed={choice.kind === 'picked'}
        {...(reason === undefined ? {} : { title: reason, 'aria-describedby': reasonId })}
        onClick={onChoose}
      >
        <LayerFacts layer={layer} previous={previous} tag={tag} />
      </button>
      {reason !== undefined && (
        <span class="reason" id={reasonId}>
          {reason}
        </span>
      )}
    </li>
  );
}

function fusedLayer({ className, kernelSize, chosenKernel }: ChosenSpan): string {
  return kernelSize ? `one ${className} ${kernel(chosenKernel ?? kernelSize)}` : `one ${className}`;
}

function placeIn(span: ChosenSpan, name: string): 'first' | 'inside' | 'last' {
  if (span.from === name) return 'first';
  return span.to === name ? 'last' : 'inside';
}
