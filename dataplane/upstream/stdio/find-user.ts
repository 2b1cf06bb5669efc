/** A user and group by number. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The numbers of a user: `NAME` as in the text of /etc/passwd, or `UID:GID` for users that are not in that file. Null when
 * it is neither.
 */
export function findUser(user: string, passwd: string): UserIds | null {
  const [uid, gid, ...more] = user.split(':');
  if (gid !== undefined) return more.length === 0 ? idsOf(uid, gid) : null;
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === user) return idsOf(uid, gid);
  }
  return null;
}

const ID_MAX = 0xffff_fffe;

/** Digits alone: a field that is empty or missing must never be taken for 0, which is root. */
function idsOf(uid: string | undefined, gid: string | undefined): UserIds | null {
  if (uid === undefined || gid === undefined || !isId(uid) || !isId(gid)) return null;
  return { uid: Number(uid), gid: Number(gid) };
}

const isId = (text: string): boolean => /^[0-9]{1,10}$/.test(text) && Number(text) <= ID_MAX;
