#pragma once

// Every resource class of WASI 0.2, complete: what the generated code needs.
#include "wasi/p2/filesystem_resources.h"
#include "wasi/p2/http/fields.h"
#include "wasi/p2/http/incoming.h"
#include "wasi/p2/http/outgoing.h"
#include "wasi/p2/http/response_receiver.h"
#include "wasi/p2/io_error_resource.h"
#include "wasi/p2/pollable.h"
#include "wasi/p2/socket_resources.h"
#include "wasi/p2/stream_resources.h"
#include "wasi/p2/terminals.h"
