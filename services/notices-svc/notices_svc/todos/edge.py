from chassis.door import CurrentActor, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page
from notices_svc.todos import views
from notices_svc.todos.todo import VIEW, Todo

router = SliceRouter(prefix="/api/notices/todos", tags=["to-dos"])


@router.get("", permission=VIEW)
async def list_todos(
    actor: CurrentActor, session: ReadingSession, state: Todo = Todo.OPEN, after: After = None, limit: Limit = 25
) -> Page[views.TodoView]:
    """List what your organization has to do, as far as your role may know of it."""
    return await views.list_todos(session, actor, state, after, limit)


@router.get("/count", permission=VIEW)
async def count_todos(actor: CurrentActor, session: ReadingSession) -> views.TodoCount:
    """Count what your organization has to do, as far as your role may know of it."""
    return await views.count_todos(session, actor)
