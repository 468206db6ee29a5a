import React from 'react';
import {useHost} from '../hooks/useDesk.ts';
import {siteUrl} from '../host.ts';
import {personOf} from '../state/selectors.ts';

/** A picture beside a name, which says who it is: so none to those who don't see it. Visitors have none, and get a letter. */
export function Avatar({user_id, name}: {user_id?: string | undefined; name: string}) {
    const pictureAt = useHost((state) => (user_id ? (personOf(state, user_id)?.picture_at ?? 0) : 0));
    if (user_id) {
        return (
            <img
                className="IReserve__avatar"
                alt=""
                src={`${siteUrl()}/api/v4/users/${user_id}/image?_=${pictureAt}`}
                width={32}
                height={32}
            />
        );
    }
    return (
        <span className="IReserve__avatar letter" aria-hidden="true">
            {[...name][0]?.toUpperCase() ?? '?'}
        </span>
    );
}
