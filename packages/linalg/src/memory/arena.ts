import { FuseInitError } from '@fuseinit/core';
import type { Engine } from '../engine/engine.js';
import { firstAddress, mostPages, pageBytes } from '../kernels/kernels.js';

/** The engine and the memory that all computations of a linear algebra share. */
export interface Workspace {
  readonly engine: Engine;
  readonly arena: Arena;
  /**
   * Runs one piece of work after the other: they share threads.
   * @throws ENGINE_CLOSED after it was closed.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

const alignment = 64;

/** Gives out parts of an engine's memory, which grows as needed and is used again. */
export interface Arena {
  /**
   * Makes room for all parts, or for none.
   *
   * @param bytes The size of each part.
   * @param purpose The subject of the error message.
   * @throws TENSOR_TOO_LARGE with the size, before anything is allocated.
   */
  allocate<Part extends string>(
    bytes: Readonly<Record<Part, number>>,
    purpose: string,
  ): Promise<Allocation<Part>>;
}

export interface Allocation<Part extends string> {
  /** Addresses of the parts; 64-byte aligned. */
  readonly at: Readonly<Record<Part, number>>;
  free(): void;
}

interface Gap {
  start: number;
  end: number;
}

export function createArena(engine: Engine): Arena {
  /** In order, none touching the next; the last one has no end. */
  const gaps: Gap[] = [{ start: firstAddress, end: Number.POSITIVE_INFINITY }];

  function release(start: number, end: number): void {
    const after = gaps.findIndex((gap) => gap.start >= end);
    gaps.splice(after, 0, { start, end });
    for (const index of [after, after - 1]) {
      const [left, right] = [gaps[index], gaps[index + 1]];
      if (!left || !right || left.end !== right.start) continue;
      left.end = right.end;
      gaps.splice(index + 1, 1);
    }
  }

  return {
    async allocate(bytes, purpose) {
      type Part = keyof typeof bytes;
      const at = {} as Record<Part, number>;
      const sizes = Object.entries(bytes) as [Part, number][];
      let size = 0;
      for (const [part, length] of sizes) {
        at[part] = size;
        size += Math.max(alignment, Math.ceil(length / alignment) * alignment);
      }
      const gap = gaps.find(({ start, end }) => end - start >= size)!;
      const { start } = gap;
      const pages = Math.ceil((start + size) / pageBytes);
      if (!(pages <= mostPages)) {
        throw new FuseInitError(
          'TENSOR_TOO_LARGE',
          `${purpose} take ${inGiB(size)} GiB, beside ${inGiB(start)} GiB in use: WebAssembly holds 4 GiB. Fewer inputs, such as a smaller kernel, or fewer layers at a time would fit.`,
        );
      }
      gap.start += size;
      if (gap.start === gap.end) gaps.splice(gaps.indexOf(gap), 1);
      try {
        await engine.grow(pages);
      } catch (cause) {
        release(start, start + size);
        throw cause;
      }
      for (const [part] of sizes) at[part] += start;
      let freed = false;
      return {
        at,
        free() {
          if (!freed) release(start, start + size);
          freed = true;
        },
      };
    },
  };
}

function inGiB(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

/** Bytes of a float64 lower triangle of so many rows, a multiple of 8: see assembly/triangle.ts. */
export function triangleBytes(rows: number): number {
  const panels = rows / 8;
  return 256 * panels * (panels + 1);
}

/** The offset in bytes at which a row of a triangle begins. */
export function triangleRow(row: number): number {
  const panel = Math.floor(row / 8);
  return 256 * panel * (panel + 1) + (row % 8) * 64 * (panel + 1);
}
