#include "../http/req.h"
#include "report.h"

/* The queries of each role's work queue come with the features that have work to do. */
Err report_home(struct req *req) {
    (void)view_list(req->view, "work");
    return OK;
}

const struct route report_routes[] = {
    ROUTE_END,
};
