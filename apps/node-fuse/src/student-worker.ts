import { parentPort } from 'node:worker_threads';
import { makeStudent, type StudentTask } from './make-student.js';

const port = parentPort!;

port.on('message', async (task: StudentTask) => {
  try {
    const made = await makeStudent(task, (done, doing) => port.postMessage({ done, doing }));
    port.postMessage({ made });
  } catch (error) {
    port.postMessage({ failed: error instanceof Error ? error.message : String(error) });
  }
});
