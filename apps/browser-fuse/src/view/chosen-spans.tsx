import { removeSpan } from '../session/chosen-spans.js';
import type { Session } from '../session/session.js';
import { KernelChoice } from './kernel-choice.js';

export function ChosenSpans({ session }: { readonly session: Session }) {
  const spans = session.spans.value;
  return (
    <div class="chosen-spans">
      <h3>To be fused</h3>
      {spans.length === 0 && <p class="hint">No span is chosen yet.</p>}
      <ul>
        {spans.map((span) => (
          <li key={span.from} class="chosen-span">
            <p>
              <strong>
                {span.from} to {span.to}
              </strong>
              <span class="layer-class">
                {span.layers.length} layers become one {span.className}
              </span>
            </p>
            {span.kernelSize && <KernelChoice session={session} span={span} whole={span.kernelSize} />}
            <button type="button" class="quiet" onClick={() => removeSpan(session, span)}>
              Remove<span class="visually-hidden"> {`${span.from} to ${span.to}`}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
