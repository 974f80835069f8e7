import { addSpan } from '../session/chosen-spans.js';
import type { Session } from '../session/session.js';
import { layerChoice } from '../session/span-choice.js';
import { LayerRow } from './layer-row.js';

/** The network as a column of layers, in which the first and the last layer of a span can be chosen. */
export function LayerColumn({ session }: { readonly session: Session }) {
  const { description, spans } = session.model.value!;
  const chosen = session.spans.value;
  const picking = session.picking.value;
  const state = { description, found: spans, chosen, picking };
  return (
    <div class="layer-column">
      <p class="picking" aria-live="polite">
        {picking === null
          ? 'Choose the first layer of a span, or one from the list.'
          : `From ${picking}: now choose the last layer, or ${picking} again to give up.`}
      </p>
      <ol
        onKeyDown={(event) => {
          if (event.key === 'Escape') session.picking.value = null;
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            moveFocus(event.currentTarget, event.key === 'ArrowDown' ? 1 : -1);
          }
        }}
      >
        {description.layers.map((layer, index) => {
          const choice = layerChoice(state, layer.name);
          return (
            <LayerRow
              key={layer.name}
              layer={layer}
              previous={description.layers[index - 1]?.name}
              choice={choice}
              span={chosen.find(({ layers }) => layers.includes(layer.name))}
              onChoose={() => {
                if (choice.kind === 'first') session.picking.value = layer.name;
                if (choice.kind === 'picked') session.picking.value = null;
                if (choice.kind === 'last') addSpan(session, choice.span);
              }}
            />
          );
        })}
      </ol>
    </div>
  );
}

function moveFocus(list: HTMLElement, by: number): void {
  const buttons = [...list.querySelectorAll<HTMLButtonElement>('li > button')];
  buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + by]?.focus();
}
