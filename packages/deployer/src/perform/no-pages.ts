/** None changed since a slot that never comes: the answer to a snapshot or a freeze is its index alone. */
export const NO_PAGES = { since: Number.MAX_SAFE_INTEGER };
