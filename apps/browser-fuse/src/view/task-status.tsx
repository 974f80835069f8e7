import type { Place, Session } from '../session/session.js';

/** Progress of the work that was started here, a way to stop it, and its error. */
export function TaskStatus({ session, place }: { readonly session: Session; readonly place: Place }) {
  const task = session.task.value;
  const failure = session.failure.value;
  return (
    <div class="task-status">
      {task?.place === place && (
        <div class="task">
          <label class="task-label" for={`${place}-progress`}>
            <span>{task.doing}</span>
            {task.share !== null && <span class="number">{Math.floor(100 * task.share)} %</span>}
          </label>
          <progress
            id={`${place}-progress`}
            max={1}
            {...(task.share === null ? {} : { value: task.share })}
          />
          {task.cancel && (
            <button type="button" class="quiet" onClick={task.cancel}>
              Cancel
            </button>
          )}
        </div>
      )}
      {failure?.place === place && (
        <div class="failure" role="alert">
          <p>{failure.message}</p>
          {failure.code && (
            <p class="code">
              Code: <code>{failure.code}</code>
            </p>
          )}
        </div>
      )}
    </div>
  );
}
