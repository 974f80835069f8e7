import type { ArmName } from '../arm.js';

/** How an arm is drawn. */
export interface ArmStyle {
  readonly colour: string;
  /** Lengths of dashes and gaps, in pixels; empty for a solid line. */
  readonly dash: readonly number[];
  /** A symbol of Vega. */
  readonly shape: string;
  readonly filled: boolean;
  readonly width: number;
}

/**
 * No two arms share both dash and marker, and colours differ in lightness where they differ at all, so that a
 * black and white print tells them apart. What is distilled is dashed as the same start without is solid;
 * fused arms are heavier than those that they are held to. The colours are Okabe and Ito's, which the
 * colour-blind tell apart.
 */
export const armStyles: Readonly<Record<ArmName, ArmStyle>> = {
  random: { colour: '#000000', dash: [], shape: 'circle', filled: false, width: 1.4 },
  'random, distilled': { colour: '#000000', dash: [6, 3], shape: 'circle', filled: true, width: 1.4 },
  inherited: { colour: '#7a7a7a', dash: [], shape: 'square', filled: false, width: 1.4 },
  composed: { colour: '#7a7a7a', dash: [2, 2], shape: 'diamond', filled: false, width: 1.4 },
  'fused, independent': {
    colour: '#e69f00',
    dash: [8, 2, 2, 2],
    shape: 'triangle-down',
    filled: false,
    width: 1.8,
  },
  fused: { colour: '#56b4e9', dash: [3, 2], shape: 'triangle-up', filled: false, width: 2.2 },
  'fused, refitted': { colour: '#0072b2', dash: [], shape: 'triangle-up', filled: true, width: 2.2 },
  'fused, refitted, distilled': {
    colour: '#d55e00',
    dash: [6, 3],
    shape: 'square',
    filled: true,
    width: 2.2,
  },
};
