/**
 * Sleeps while the number at this address is as given, by `Atomics.wait`. WebAssembly's own instruction for
 * it can't be used: V8 11.3's first compiler loses local variables of callers across it, and the first
 * products come out wrong.
 */
declare function sleep(address: usize, value: i32): void;

/**
 * The threads that run a kernel together: each calls it with its own number, tasks are handed out by a shared
 * counter, and a barrier ends each phase.
 *
 * Shared memory at `sync`: i32 threads arrived, i32 generation, i32 next task.
 */
let sync: usize = 0;
let threads: i32 = 1;
/** Turns to spin before sleeping: phases are short, and waking takes longer than most. */
const spins: i32 = 20000;

export let thread: i32 = 0;

/** Where each thread keeps the sums of a tile of products, [4][8] float32, while it adds to them. */
const partialAddress: usize = 1024;

// @ts-ignore: decorator
@inline
export function partialSums(): usize {
  return partialAddress + (<usize>thread << 7);
}

export function join(at: usize, number: i32, count: i32): void {
  sync = at;
  thread = number;
  threads = count;
}

/** The next task of this phase, counted from 0: the caller stops at one that doesn't exist. */
// @ts-ignore: decorator
@inline
export function nextTask(): i32 {
  if (threads == 1) {
    const task = load<i32>(sync, 8);
    store<i32>(sync, task + 1, 8);
    return task;
  }
  return atomic.add<i32>(sync + 8, 1);
}

/** Waits until all threads are here; tasks are counted from 0 again. */
export function barrier(): void {
  if (threads == 1) {
    store<i32>(sync, 0, 8);
    return;
  }
  const generation = atomic.load<i32>(sync + 4);
  if (atomic.add<i32>(sync, 1) == threads - 1) {
    atomic.store<i32>(sync, 0);
    atomic.store<i32>(sync + 8, 0);
    atomic.add<i32>(sync + 4, 1);
    atomic.notify(sync + 4, threads);
    return;
  }
  let turn = 0;
  while (atomic.load<i32>(sync + 4) == generation) {
    if (++turn > spins) sleep(sync + 4, generation);
  }
}
