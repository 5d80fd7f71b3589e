/* campaign.h - */
#ifndef NORIA_CAMPAIGN_H
#define NORIA_CAMPAIGN_H

struct route;

extern const struct route campaign_routes[];

#endif
