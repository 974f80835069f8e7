import { addSpan } from '../session/chosen-spans.js';
import type { Session } from '../session/session.js';
import { overlapReason } from '../session/span-choice.js';
import { kernel } from './format.js';

/** The spans to choose from, and what can't be one, with the reasons. */
export function SpanLists({ session }: { readonly session: Session }) {
  const { legal, illegal } = session.model.value!.spans;
  const chosen = session.spans.value;
  return (
    <div class="span-lists">
      <details>
        <summary>
          {legal.length === 1
            ? 'The one span that can be fused'
            : `All ${legal.length} spans that can be fused`}
        </summary>
        <ul>
          {legal.map((span) => {
            const id = `span-${span.from}-${span.to}`;
            const overlap = overlapReason(chosen, span);
            return (
              <li key={id}>
                <button
                  type="button"
                  class="quiet"
                  aria-disabled={overlap !== undefined}
                  {...(overlap === undefined ? {} : { title: overlap, 'aria-describedby': id })}
                  onClick={() => overlap === undefined && addSpan(session, span)}
                >
                  {span.from} to {span.to}
                </button>
                <span class="layer-class">
                  {span.className}
                  {span.kernelSize && ` ${kernel(span.kernelSize)}`}
                </span>
                {overlap !== undefined && (
                  <span class="reason" id={id}>
                    {overlap}
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      </details>
      {illegal.length > 0 && (
        <details>
          <summary>What can't be fused, and why</summary>
          <ul>
            {illegal.map(({ from, to, reason }) => (
              <li key={`${from}-${to}`}>
                <strong>{from === to ? from : `${from} to ${to}`}</strong>: {reason}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
