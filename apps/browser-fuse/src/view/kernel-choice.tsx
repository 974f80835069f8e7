import type { ChosenSpan } from '../session/chosen-span.js';
import { chooseKernel } from '../session/chosen-spans.js';
import type { Session } from '../session/session.js';
import { kernel } from './format.js';

export interface KernelChoiceProps {
  readonly session: Session;
  readonly span: ChosenSpan;
  readonly whole: readonly number[];
}

/** The size of a fused kernel: one choice for a square one, one for each axis otherwise. */
export function KernelChoice({ session, span, whole }: KernelChoiceProps) {
  const current = span.chosenKernel ?? whole;
  const isSquare = whole.every((length) => length === whole[0]);
  const choose = (lengths: readonly number[]) =>
    chooseKernel(session, span, lengths.join() === whole.join() ? null : lengths);
  const axes = isSquare ? [0] : whole.map((_, axis) => axis);
  return (
    <>
      {axes.map((axis) => (
        <label key={axis} class="field">
          <span>{isSquare ? 'Kernel' : `Kernel, axis ${axis + 1}`}</span>
          <select
            value={current[axis]}
            onChange={({ currentTarget }) => {
              const length = Number(currentTarget.value);
              choose(current.map((other, index) => (isSquare || index === axis ? length : other)));
            }}
          >
            {Array.from({ length: whole[axis]! }, (_, index) => whole[axis]! - index).map((length) => (
              <option key={length} value={length}>
                {isSquare ? kernel(whole.map(() => length)) : length}
                {length === whole[axis] && ', the whole receptive field'}
              </option>
            ))}
          </select>
        </label>
      ))}
    </>
  );
}
