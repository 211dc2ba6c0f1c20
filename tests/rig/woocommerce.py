"""The tables of the usual web shops as their makers create them in MySQL, with a few people in each."""

from __future__ import annotations

_NEVER = "datetime not null default '0000-00-00 00:00:00'"
_WORDPRESS = "default character set utf8mb4 collate utf8mb4_unicode_520_ci"

TABLES = (
    f"""create table wp_users(ID bigint(20) unsigned not null auto_increment primary key, user_login
      varchar(60) not null default '', user_email varchar(100) not null default '', user_registered {_NEVER},
      display_name varchar(250) not null default '', key user_email (user_email)) {_WORDPRESS}""",
    f"""create table wp_usermeta(umeta_id bigint(20) unsigned not null auto_increment primary key, user_id bigint(20)
      unsigned not null default 0, meta_key varchar(255), meta_value longtext, key user_id (user_id)) {_WORDPRESS}""",
    f"""create table wp_comments(comment_ID bigint(20) unsigned not null auto_increment primary key, comment_author
      tinytext not null, comment_author_email varchar(100) not null default '', comment_date {_NEVER}, comment_content
      text not null, user_id bigint(20) unsigned not null default 0) {_WORDPRESS}""",
    f"""create table wp_wc_customer_lookup(customer_id bigint(20) unsigned not null auto_increment primary key, user_id
      bigint(20) unsigned default null, username varchar(60) default '' not null, first_name varchar(255) not null,
      last_name varchar(255) not null, email varchar(100) null, date_last_active timestamp null, date_registered
      timestamp null, country char(2) default '' not null, postcode varchar(20) default '' not null, city varchar(100)
      default '' not null, state varchar(100) default '' not null, unique key user_id (user_id), key email (email))
      {_WORDPRESS}""",
    f"""create table wp_wc_order_stats(order_id bigint(20) unsigned not null primary key, parent_id bigint(20) unsigned
      default 0 not null, date_created {_NEVER}, date_paid datetime default '0000-00-00 00:00:00',
      num_items_sold int(11) default 0 not null, total_sales double default 0 not null,
      returning_customer tinyint(1) default null, status varchar(20) not null, customer_id bigint(20)
      unsigned not null, key customer_id (customer_id)) {_WORDPRESS}""",
    f"""create table wp_wc_orders(id bigint(20) unsigned primary key, status varchar(20), currency varchar(10),
      tax_amount decimal(26,8), total_amount decimal(26,8), customer_id bigint(20) unsigned, billing_email varchar(320),
      date_created_gmt datetime, customer_note text, key billing_email (billing_email(191))) {_WORDPRESS}""",
    """create table ps_customer(id_customer int(10) unsigned not null auto_increment primary key, firstname varchar(255)
      not null, lastname varchar(255) not null, email varchar(255) not null, birthday date, key customer_email (email))
      default character set utf8mb4 collate utf8mb4_general_ci""",
    """create table ps_orders(id_order int(10) unsigned not null auto_increment primary key, reference varchar(9),
      id_customer int(10) unsigned not null, total_paid decimal(20,6) not null default 0)
      default character set utf8mb4""",
    """create table customer_entity(entity_id int(10) unsigned not null auto_increment primary key, email varchar(255),
      firstname varchar(255), lastname varchar(255)) default character set utf8mb3""",
    """create table sales_order(entity_id int(10) unsigned not null auto_increment primary key, increment_id
      varchar(50), customer_id int(10) unsigned, customer_email varchar(128), grand_total decimal(20,4))
      default character set utf8mb3""",
    """create table oc_customer(customer_id int(11) not null auto_increment primary key, email varchar(96) not null,
      firstname varchar(32) not null) default character set latin1 collate latin1_swedish_ci""",
)
PEOPLE = (
    """insert into wp_users(ID, user_login, user_email, display_name)
      values (9, 'sanne', 'Sanne@mail.example', 'Sanne')""",
    """insert into wp_usermeta(user_id, meta_key, meta_value) values (9, 'billing_phone', '06 😀'), (9, 'x', null),
      (9, 'wp_capabilities', 'a:1:{s:8:"customer";b:1;}')""",
    """insert into wp_comments(comment_author, comment_author_email, comment_content) values
      ('Sanne', 'Sanne@mail.example', 'Mooi 😀, 100% \\'top\\''), ('gast', '', 'geheim')""",
    """insert into wp_wc_customer_lookup(customer_id, user_id, first_name, last_name, email, date_registered, postcode)
      values (201, 9, 'Sanne', 'Kuipers', 'Sanne@mail.example', '2025-01-01 10:00:00', '6001 AA'),
      (202, null, 'José', 'Müller 😀', 'josé@mail.example', null, '5611BB'),
      (203, 10, 'Jose', 'Muller', 'jose@mail.example', null, '5611BB'),
      (204, null, 'Piet', 'O\\'Brien', 'piet.o\\'brien@mail.example', null, ''),
      (205, null, 'Zonder', 'Adres', null, null, ''), (206, null, 'Spatie', 'Achter', 'spatie@mail.example ', null, ''),
      (207, null, 'Dik', 'S', 'kim@straße.example', null, ''),
      (208, null, 'Dun', 'S', 'kim@strasse.example', null, '')""",
    """insert into wp_wc_order_stats(order_id, customer_id, status, total_sales)
      values (8801, 201, 'wc-completed', 12.1),
      (8802, 201, 'wc-processing', 0), (12, 202, 'wc-completed', 5)""",
    """insert into wp_wc_orders(id, customer_id, billing_email, tax_amount, total_amount, customer_note) values
      (1, 0, 'gast1@mail.example', 0, 12.5, 'van gast1'), (2, 0, 'gast2@mail.example', 0, 1, 'van gast2'),
      (3, 12, 'twaalf@mail.example', 0, 1, 'van 12'), (4, 10, 'jose@mail.example', 2.1, 12.1, 'van jose'),
      (5, 0, 'josé@mail.example', 2.1, 12.1, 'van josé'), (6, 0, 'kim@straße.example', 0, 1, 'van ß'),
      (7, 0, 'kim@strasse.example', 0, 1, 'van ss')""",
    "insert into ps_customer values (1, 'Anna', 'Bakker', 'Anna@mail.example', '0000-00-00')",
    "insert into ps_orders values (77, 'XKBKNABJK', 1, 20.5)",
    "insert into customer_entity values (5, 'bea@mail.example', 'Bea', 'Claes')",
    "insert into sales_order values (1, '000000123', 5, 'bea@mail.example', 9.5), "
    "(2, '000000124', null, 'x@mail.example', 1)",
    "insert into oc_customer values (3, 'cor@mail.example', 'Cor')",
)
