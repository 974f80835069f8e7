import type { Session } from '../session/session.js';
import { ChosenSpans } from './chosen-spans.js';
import { FuseOptions } from './fuse-options.js';
import { LayerColumn } from './layer-column.js';
import { Section } from './section.js';
import { SpanLists } from './span-lists.js';

export function SpanSection({ session }: { readonly session: Session }) {
  return (
    <Section
      name="spans"
      title="Layers"
      lead="A span runs from one layer with a kernel to a later one. Everything between goes; one layer comes in its place."
    >
      <div class="columns">
        <LayerColumn session={session} />
        <div class="panel">
          <ChosenSpans session={session} />
          <SpanLists session={session} />
          <FuseOptions session={session} />
        </div>
      </div>
    </Section>
  );
}
