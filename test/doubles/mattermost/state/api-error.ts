/** A refusal as Mattermost words it. Clients decide on `id` and `status`, never on `message` (it is translated). */
export class ApiError extends Error {
    readonly status: number;
    readonly id: string;

    constructor(status: number, id: string, message?: string) {
        super(message ?? MESSAGES[id] ?? id);
        this.status = status;
        this.id = id;
    }
}

/** The handler crashes: Go cuts the connection without an answer. Nothing is stored. */
export class Panic extends Error {}

/** English texts of the refusals people actually get to see. */
const MESSAGES: Readonly<Record<string, string>> = {
    'api.context.session_expired.app_error': 'Invalid or expired session, please login again.',
    'api.context.permissions.app_error': 'You do not have the appropriate permissions.',
    'api.context.404.app_error': 'Sorry, we could not find the page.',
    'api.context.request_body_too_large.app_error': 'Request body too large.',
    'api.post.create_post.can_not_post_to_deleted.error': 'Can not post to deleted channel.',
    'api.post.create_post.root_id.app_error': 'Invalid RootId parameter.',
    'api.post.create_post.channel_root_id.app_error': 'Invalid ChannelId for RootId parameter.',
    'api.post.deduplicate_create_post.pending': 'Rejected post since another client is making the same request.',
    'app.post.get.app_error': 'Unable to get the post.',
    'app.post.save.app_error': 'Unable to save the Post.',
    'app.post.save.existing.app_error': 'You cannot update an existing Post.',
    'model.post.is_valid.message_length.app_error': 'Post Message property is longer than the maximum permitted length.',
    'model.post.is_valid.msg.app_error': 'Invalid message.',
    'model.post.is_valid.props.app_error': 'Invalid props.',
    'model.post.is_valid.file_ids.app_error':
        'Invalid file ids. Note that uploads are limited to 10 files maximum. Please use additional posts for more files.',
};

/** 403: not allowed. Mattermost says this rather than 404 wherever a 404 would tell that something exists. */
export function forbidden(): ApiError {
    return new ApiError(403, 'api.context.permissions.app_error');
}

/** 401: no token, a wrong one, a revoked one, or one of a disabled account. */
export function unauthorized(): ApiError {
    return new ApiError(401, 'api.context.session_expired.app_error');
}

/** 400: something in the body is missing or of the wrong type. */
export function badBody(name: string): ApiError {
    return new ApiError(400, 'api.context.invalid_body_param.app_error', `Invalid or missing ${name} in request body.`);
}

/** 400: an id in the path has the wrong shape. */
export function badUrl(name: string): ApiError {
    return new ApiError(400, 'api.context.invalid_url_param.app_error', `Invalid or missing ${name} parameter in request URL.`);
}
