import type { ComponentChildren } from 'preact';

export interface SectionProps {
  readonly name: string;
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A step of the page under its heading. */
export function Section({ name, title, lead, children }: SectionProps) {
  return (
    <section class={`section ${name}`} aria-labelledby={`${name}-title`}>
      <h2 id={`${name}-title`}>{title}</h2>
      {lead && <p class="lead">{lead}</p>}
      {children}
    </section>
  );
}
