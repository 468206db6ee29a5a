import {ApiError} from '../state/api-error.ts';
import type {Post} from '../state/records.ts';
import type {World} from '../state/world.ts';
import {hasNul, propsRuneCount, runeCount} from './runes.ts';

/** What `MaxPostSize` says on every supported database column. */
export const MAX_MESSAGE_RUNES = 16_383;
const MAX_FILE_IDS_RUNES = 300;
const MAX_TYPE_LENGTH = 26;
const KNOWN_TYPES = ['', 'slack_attachment', 'me', 'reminder', 'system_auto_responder'];

/** Throws what the server answers when a post may not be stored like this. */
export function checkStorable(world: World, post: Post): void {
    if (runeCount(post.message) > MAX_MESSAGE_RUNES) {
        throw new ApiError(400, world.differs.messageTooLongId);
    }
    if (!KNOWN_TYPES.includes(post.type) && !post.type.startsWith('custom_') && !post.type.startsWith('system_')) {
        throw new ApiError(400, 'model.post.is_valid.type.app_error');
    }
    if (runeCount(JSON.stringify(post.file_ids)) > MAX_FILE_IDS_RUNES) {
        throw new ApiError(400, 'model.post.is_valid.file_ids.app_error');
    }
    if (propsRuneCount(post.props) > world.differs.propsMaxRunes) {
        throw new ApiError(400, 'model.post.is_valid.props.app_error');
    }
    // These two come from the database, hence the 500: the type column is that narrow, and text cannot hold U+0000.
    if (post.type.length > MAX_TYPE_LENGTH || hasNul(post.message) || (world.differs.strictJson && hasNul(post.props))) {
        throw new ApiError(500, 'app.post.save.app_error');
    }
}
