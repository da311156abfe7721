// The JavaScript client of Restante: see README.md, and restante.d.ts for the API.

export { Connection, connect } from "./src/connection.js";
export { RestanteError, errors } from "./src/errors.js";
export { TopicView } from "./src/topic_view.js";
